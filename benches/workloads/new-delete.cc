// The operators of C++ as compilers call them: sized delete for objects of known type, and
// alignments beyond 16 bytes for vectors and cache lines. Lists of nodes of five sizes are
// built and taken apart.
#include <new>

#include "field.h"

template <size_t BYTES, size_t ALIGNMENT = 8> struct alignas(ALIGNMENT) Node {
    Node *next;
    char rest[BYTES - sizeof(Node *)];
};

template <typename N> static void list(int length) {
    N *first = nullptr;
    for (int i = 0; i < length; i++) {
        N *node = new N;
        node->next = first;
        first = node;
    }
    while (first) {
        N *next = first->next;
        delete first;
        first = next;
    }
}

int main(int count, char **words) {
    read_arguments(count, words);
    for (uint64_t round = scaled(60000); round > 0; round--) {
        list<Node<24>>(100);
        list<Node<48>>(100);
        list<Node<200>>(100);
        list<Node<64, 64>>(100);
        list<Node<96, 32>>(100);
        list<Node<1024>>(20);
    }
    return 0;
}
