# g++: simdutf, 60,000 lines for six kinds of processors, and a program full of
# templates, to the byte.
# needs: g++
# on it: g++ cc1plus collect2 templates
# sources: simdutf 0.7.0
cat >templates.cc <<'CC'
#include <algorithm>
#include <functional>
#include <iostream>
#include <map>
#include <regex>
#include <sstream>
#include <string>
#include <thread>
#include <unordered_map>
#include <variant>
#include <vector>
template <int N> struct Sum { static long of(const std::vector<int> &v) { return v[N] + Sum<N - 1>::of(v); } };
template <> struct Sum<0> { static long of(const std::vector<int> &v) { return v[0]; } };
int main() {
    std::vector<int> v(400);
    for (int n = 0; n < 400; n++) v[n] = n * 31 % 101;
    std::cout << Sum<399>::of(v) << "\n";
    std::map<std::string, std::vector<std::variant<int, std::string>>> table;
    for (int n = 0; n < 50000; n++) {
        std::ostringstream key; key << "key" << n % 997;
        table[key.str()].push_back(n % 2 ? std::variant<int, std::string>(n) : std::to_string(n) + "long enough for the heap");
    }
    size_t total = 0;
    for (auto &[key, list] : table) for (auto &one : list) total += one.index() ? std::get<1>(one).size() : 1;
    std::cout << total << "\n";
    std::string text;
    for (int n = 0; n < 2000; n++) text += "ab" + std::to_string(n) + ";";
    std::regex pattern("b([0-9]*7);");
    std::cout << std::distance(std::sregex_iterator(text.begin(), text.end(), pattern), std::sregex_iterator()) << "\n";
    std::vector<std::thread> threads; std::vector<long> sums(8);
    for (int t = 0; t < 8; t++) threads.emplace_back([t, &sums] {
        std::unordered_map<int, std::string> map;
        for (int n = 0; n < 50000; n++) map[n * 7 % 10007] += char('a' + n % 26);
        for (auto &[key, value] : map) sums[t] += key * (long)value.size();
    });
    for (auto &thread : threads) thread.join();
    for (long sum : sums) std::cout << sum << "\n";
    try { std::vector<int>().at(3); } catch (const std::exception &e) { std::cout << e.what() << "\n"; }
}
CC
g++ -std=c++17 -O2 -pthread templates.cc -c -o templates.o && sha256sum templates.o
g++ -pthread templates.o -o templates && ./templates

cp "$SOURCES"/cpp/simdutf.* .
for level in ${LONG:+0 2 3} 1; do
    g++ -std=c++17 "-O$level" -c simdutf.cpp -o simdutf.o && sha256sum simdutf.o
done
nm --demangle --defined-only simdutf.o | sha256sum
