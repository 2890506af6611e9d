// All twenty operators of C++, and the containers that use them.
#include "../here.h"

#include <map>
#include <memory>
#include <new>
#include <string>
#include <thread>
#include <vector>

struct alignas(256) Aligned {
    char bytes[300];
};

static void directly()
{
    std::align_val_t align{128};
    std::nothrow_t quiet;
    for (size_t size = 0; size < 100000; size += size / 3 + 1) {
        ::operator delete(::operator new(size));
        ::operator delete(::operator new(size), size);
        ::operator delete(::operator new(size, quiet), quiet);
        ::operator delete[](::operator new[](size));
        ::operator delete[](::operator new[](size), size);
        ::operator delete[](::operator new[](size, quiet), quiet);
        void *block = ::operator new(size, align);
        CHECK((uintptr_t)block % 128 == 0 && malloc_usable_size(block) >= size);
        ::operator delete(block, align);
        ::operator delete(::operator new(size, align), size, align);
        ::operator delete(::operator new(size, align, quiet), align, quiet);
        block = ::operator new[](size, align);
        CHECK((uintptr_t)block % 128 == 0);
        ::operator delete[](block, align);
        ::operator delete[](::operator new[](size, align), size, align);
        ::operator delete[](::operator new[](size, align, quiet), align, quiet);
    }
    ::operator delete(nullptr);
    ::operator delete(nullptr, 10);
    ::operator delete[](nullptr, 10, align);
}

int main()
{
    directly();
    std::map<int, std::string> names;
    for (int n = 0; n < 10000; n++)
        names[n * 7919 % 10007] = std::string((size_t)n % 100, 'x');
    CHECK(names.size() == 10000);
    auto aligned = std::make_unique<Aligned>();
    CHECK((uintptr_t)aligned.get() % 256 == 0);
    std::unique_ptr<Aligned[]> array(new Aligned[10]);
    CHECK((uintptr_t)array.get() % 256 == 0);
    std::vector<std::thread> threads;
    for (int n = 0; n < 4; n++)
        threads.emplace_back([&names] { names.begin()->second.size(); });
    for (auto &thread : threads)
        thread.join();
    try {
        throw std::string("thrown");
    } catch (const std::string &caught) {
        CHECK(caught == "thrown");
    }
    return 0;
}
