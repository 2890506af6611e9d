// Destructors of thread-specific data allocate and free, in whatever order they
// run, some of them again and again; more keys than the C library has at hand.
#include "../here.h"

enum { KEYS = 100, THREADS = 500 };

static pthread_key_t keys[KEYS], stubborn;

static void free_and_allocate(void *block)
{
    free(block);
    free(take(300));
    free(take(100000));
}

static void come_again(void *block)
{
    free(block);
    CHECK(pthread_setspecific(stubborn, take(200)) == 0);
}

static void *set_all(void *unused)
{
    for (int n = 0; n < KEYS; n++)
        CHECK(pthread_setspecific(keys[n], take((size_t)n * 10)) == 0);
    CHECK(pthread_setspecific(stubborn, take(200)) == 0);
    return unused;
}

int main(void)
{
    CHECK(pthread_key_create(&stubborn, come_again) == 0);
    for (int n = 0; n < KEYS; n++)
        CHECK(pthread_key_create(&keys[n], free_and_allocate) == 0);
    long after_a_few = 0;
    for (int n = 0; n < THREADS; n++) {
        in_thread(set_all, NULL);
        if (n == 50)
            after_a_few = rss_bytes();
    }
    CHECK(rss_bytes() <= after_a_few + (8 << 20));
    return 0;
}
