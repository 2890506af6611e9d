// A thread frees and allocates after all destructors have run: the C library does,
// for what it keeps for each thread. Two thousand of these leave no trace.
#define _GNU_SOURCE
#include "../here.h"

static pthread_key_t many[200];

static void *leave_something(void *unused)
{
    // Kept for the thread by the C library, and freed after its destructors.
    CHECK(strerror(123456) != NULL);
    for (int n = 0; n < 200; n++)
        CHECK(pthread_setspecific(many[n], unused) == 0);
    free(take(100));
    return NULL;
}

int main(void)
{
    long after_a_few = 0;
    for (int n = 0; n < 200; n++)
        CHECK(pthread_key_create(&many[n], NULL) == 0);
    for (int n = 0; n < 2000; n++) {
        in_thread(leave_something, &many);
        if (n == 200)
            after_a_few = rss_bytes();
    }
    CHECK(rss_bytes() <= after_a_few + (4 << 20));
    return 0;
}
