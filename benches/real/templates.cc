// For the compiler: the standard library's headers and a few instances of its templates.
#include <algorithm>
#include <functional>
#include <map>
#include <memory>
#include <sstream>
#include <string>
#include <tuple>
#include <unordered_map>
#include <variant>
#include <vector>

template <int N> struct Number {
    std::map<int, std::vector<std::variant<int, std::string>>> values;
    int sum() const {
        int total = N;
        for (const auto &[key, list] : values)
            for (const auto &one : list)
                if (const int *number = std::get_if<int>(&one)) total += key * *number;
        return total;
    }
};

template <int... N> int all(std::integer_sequence<int, N...>) { return (Number<N>{}.sum() + ...); }

int main(int count, char **words) {
    std::unordered_map<std::string, std::function<int(int)>> table;
    for (int i = 0; i < count; i++) table[words[i]] = [i](int x) { return x + i; };
    std::ostringstream out;
    return all(std::make_integer_sequence<int, 40>{}) + static_cast<int>(out.str().size());
}
