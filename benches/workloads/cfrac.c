/* cfrac, after Dave Barrett's program (Zorn and Grunwald's suite): the continued fraction
 * of the square root of N, in numbers of unlimited precision, each operation's result a
 * new small block, counted by references and soon dead. Nearly every block is under 64
 * bytes. As in the original, digits have 16 bits. */
#include "field.h"

typedef struct { uint16_t references, digits_max, digits; uint16_t digit[]; } Number;

static Number *make(unsigned digits_max) {
    Number *n = checked(malloc(sizeof(Number) + digits_max * sizeof(uint16_t)));
    n->references = 1;
    n->digits_max = (uint16_t)digits_max;
    n->digits = 0;
    return n;
}

static void drop(Number *n) {
    if (--n->references == 0) free(n);
}

static Number *trim(Number *n, unsigned digits) {
    while (digits && n->digit[digits - 1] == 0) digits--;
    n->digits = (uint16_t)digits;
    return n;
}

static Number *from(uint32_t value) {
    Number *n = make(2);
    n->digit[0] = (uint16_t)value;
    n->digit[1] = (uint16_t)(value >> 16);
    return trim(n, 2);
}

static int compare(const Number *a, const Number *b) {
    if (a->digits != b->digits) return a->digits < b->digits ? -1 : 1;
    for (unsigned i = a->digits; i-- > 0;)
        if (a->digit[i] != b->digit[i]) return a->digit[i] < b->digit[i] ? -1 : 1;
    return 0;
}

static Number *add(const Number *a, const Number *b) {
    if (a->digits < b->digits) { const Number *t = a; a = b; b = t; }
    Number *sum = make(a->digits + 1u);
    uint32_t carry = 0;
    for (unsigned i = 0; i < a->digits; i++) {
        carry += a->digit[i] + (i < b->digits ? b->digit[i] : 0u);
        sum->digit[i] = (uint16_t)carry;
        carry >>= 16;
    }
    sum->digit[a->digits] = (uint16_t)carry;
    return trim(sum, a->digits + 1u);
}

/* a - b, where a is not less. */
static Number *subtract(const Number *a, const Number *b) {
    Number *rest = make(a->digits ? a->digits : 1u);
    int32_t borrow = 0;
    for (unsigned i = 0; i < a->digits; i++) {
        borrow += (int32_t)a->digit[i] - (i < b->digits ? b->digit[i] : 0);
        rest->digit[i] = (uint16_t)borrow;
        borrow >>= 16;
    }
    return trim(rest, a->digits);
}

static Number *multiply(const Number *a, const Number *b) {
    Number *product = make(a->digits + b->digits + 1u);
    memset(product->digit, 0, product->digits_max * sizeof(uint16_t));
    for (unsigned i = 0; i < a->digits; i++) {
        uint32_t carry = 0;
        for (unsigned j = 0; j < b->digits; j++) {
            carry += (uint32_t)a->digit[i] * b->digit[j] + product->digit[i + j];
            product->digit[i + j] = (uint16_t)carry;
            carry >>= 16;
        }
        product->digit[i + b->digits] = (uint16_t)carry;
    }
    return trim(product, product->digits_max);
}

/* The quotient; the remainder goes to `rest` if that is wanted. Knuth's algorithm D would
 * normalise; one digit at a time with a 32-bit guess and corrections is enough here. */
static Number *divide(const Number *a, const Number *b, Number **rest) {
    unsigned count = a->digits >= b->digits ? a->digits - b->digits + 1u : 1u;
    Number *quotient = make(count);
    memset(quotient->digit, 0, count * sizeof(uint16_t));
    Number *left = make(a->digits + 1u);
    left->digits = 0;
    for (unsigned i = a->digits; i-- > 0;) {
        memmove(left->digit + 1, left->digit, left->digits * sizeof(uint16_t));
        left->digit[0] = a->digit[i];
        trim(left, left->digits + 1u);
        uint32_t digit = 0;
        while (compare(left, b) >= 0) {
            uint64_t high = left->digit[left->digits - 1u];
            uint64_t divisor = b->digit[b->digits - 1u] + 1u;
            if (left->digits > b->digits) high = high << 16 | left->digit[left->digits - 2u];
            uint32_t guess = (uint32_t)(high / divisor);
            if (!guess) guess = 1;
            int64_t borrow = 0;
            for (unsigned j = 0; j < left->digits; j++) {
                int64_t taken = j < b->digits ? (int64_t)guess * b->digit[j] : 0;
                borrow += left->digit[j] - taken;
                left->digit[j] = (uint16_t)borrow;
                borrow >>= 16;
            }
            trim(left, left->digits);
            digit += guess;
        }
        if (i < count) quotient->digit[i] = (uint16_t)digit;
    }
    if (rest) *rest = left; else drop(left);
    return trim(quotient, count);
}

static Number *remainder_of(const Number *a, const Number *b) {
    Number *rest;
    drop(divide(a, b, &rest));
    return rest;
}

static Number *parse(const char *decimal) {
    Number *n = from(0), *ten = from(10);
    for (; *decimal; decimal++) {
        Number *shifted = multiply(n, ten), *digit = from((uint32_t)(*decimal - '0'));
        drop(n);
        n = add(shifted, digit);
        drop(shifted);
        drop(digit);
    }
    drop(ten);
    return n;
}

/* Newton's method, from above. */
static Number *root(const Number *n) {
    Number *two = from(2), *one = from(1);
    Number *guess = add(n, one);
    for (;;) {
        Number *ratio = divide(n, guess, NULL), *sum = add(guess, ratio);
        Number *better = divide(sum, two, NULL);
        drop(ratio);
        drop(sum);
        if (compare(better, guess) >= 0) {
            drop(better);
            break;
        }
        drop(guess);
        guess = better;
    }
    drop(two);
    drop(one);
    return guess;
}

/* Divides small primes out of Q, as the search for smooth numbers does. */
static int is_smooth(const Number *q) {
    static const uint16_t primes[] = {2, 3, 5, 7, 11, 13};
    Number *left = add(q, q);
    for (unsigned i = 0; i < sizeof primes / sizeof *primes; i++) {
        Number *prime = from(primes[i]);
        for (;;) {
            Number *rest, *quotient = divide(left, prime, &rest);
            unsigned is_multiple = rest->digits == 0 && quotient->digits;
            drop(rest);
            if (!is_multiple) {
                drop(quotient);
                break;
            }
            drop(left);
            left = quotient;
        }
        drop(prime);
    }
    int smooth = left->digits <= 2;
    drop(left);
    return smooth;
}

int main(int count, char **words) {
    read_arguments(count, words);
    Number *n = parse("17545186520507317056371138836327483792789528");
    Number *g = root(n), *p = from(0), *q = from(1);
    Number *a_before = from(1), *a = remainder_of(g, n);
    uint64_t smooth = 0;
    for (uint64_t step = scaled(60000); step > 0; step--) {
        /* b = (g + p) / q;  p' = b q - p;  q' = (n - p'^2) / q;  a' = b a + a_before */
        Number *sum = add(g, p), *b = divide(sum, q, NULL), *bq = multiply(b, q);
        Number *p_next = subtract(bq, p), *square = multiply(p_next, p_next);
        Number *rest = subtract(n, square), *q_next = divide(rest, q, NULL);
        Number *ba = multiply(b, a), *total = add(ba, a_before), *a_next = remainder_of(total, n);
        drop(sum), drop(b), drop(bq), drop(square), drop(rest), drop(ba), drop(total);
        drop(p), drop(q), drop(a_before);
        p = p_next, q = q_next, a_before = a, a = a_next;
        smooth += (uint64_t)is_smooth(q);
    }
    printf("smooth %llu, last digit %u\n", (unsigned long long)smooth, a->digit[0]);
    drop(n), drop(g), drop(p), drop(q), drop(a_before), drop(a);
    return 0;
}
