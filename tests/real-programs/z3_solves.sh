# z3: satisfiable and other problems of several theories, with their models.
# needs: z3
# on it: z3
holes=${LONG:+9}
awk -v n="${holes:-7}" 'BEGIN {
    for (p = 0; p <= n; p++) for (h = 0; h < n; h++) printf "(declare-const x%d_%d Bool)\n", p, h
    for (p = 0; p <= n; p++) { printf "(assert (or"; for (h = 0; h < n; h++) printf " x%d_%d", p, h; print "))" }
    for (h = 0; h < n; h++) for (p = 0; p <= n; p++) for (q = p + 1; q <= n; q++) printf "(assert (not (and x%d_%d x%d_%d)))\n", p, h, q, h
    print "(check-sat)" }' >pigeons.smt2
bits=${LONG:+26}
awk -v w="${bits:-18}" 'BEGIN {
    printf "(declare-const a (_ BitVec %d))(declare-const b (_ BitVec %d))\n", 2 * w, 2 * w
    printf "(assert (= (bvmul a b) (_ bv%d %d)))(assert (bvult a (_ bv%d %d)))(assert (bvult b (_ bv%d %d)))\n", 251 * 509, 2 * w, 2 ^ w, 2 * w, 2 ^ w, 2 * w
    printf "(assert (bvugt a (_ bv1 %d)))(assert (bvugt b a))(check-sat)(get-model)\n", 2 * w }' >factors.smt2
awk 'BEGIN {
    n = 10
    for (r = 0; r < n; r++) printf "(declare-const q%d Int)(assert (and (>= q%d 0) (< q%d %d)))\n", r, r, r, n
    for (r = 0; r < n; r++) for (s = r + 1; s < n; s++) printf "(assert (and (not (= q%d q%d)) (not (= (- q%d q%d) %d)) (not (= (- q%d q%d) %d))))\n", r, s, r, s, s - r, s, r, s - r
    print "(check-sat)(get-model)" }' >queens.smt2
awk 'BEGIN {
    print "(declare-const m (Array Int Int))(declare-fun f (Int) Int)(declare-const s String)"
    for (k = 0; k < 200; k++) printf "(assert (= (select (store m %d (f %d)) %d) (+ (f %d) %d)))\n", k, k * 7 % 31, (k * 3) % 200, k % 31, k % 3 - 1
    print "(check-sat)(reset)(declare-const s String)(declare-const x Real)(declare-const y Real)"
    print "(assert (str.in_re s (re.+ (re.union (str.to_re \"ab\") (str.to_re \"cde\")))))(assert (= (str.len s) 23))(check-sat)(get-model)"
    print "(assert (and (> (* x x x) 2.0) (< (+ (* x y) (* y y)) 1.0) (> y 0.25)))(check-sat)"
    print "(assert (forall ((k Int)) (=> (> k 0) (> (* k k) (- k 1)))))(check-sat)" }' >theories.smt2
for problem in pigeons factors queens theories; do z3 "$problem.smt2"; done
for problem in pigeons queens; do z3 sat.threads=2 parallel.enable=true "$problem.smt2" | head -n 1; done
z3 -st queens.smt2 | grep -E 'conflicts|decisions|propagations'
