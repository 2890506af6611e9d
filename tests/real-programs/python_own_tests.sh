# A part of Python's own regression tests, in one thread and in several.
# needs: python3
python3 -c 'import test.test_json, test.libregrtest' 2>/dev/null || { echo "python3 comes without its tests"; exit 77; }
for name in test_json test_re test_list test_dict test_set test_bytes test_str test_unicode \
    test_struct test_array test_deque test_heapq test_pickle test_gc test_weakref \
    test_generators test_threading test_queue test_concurrent_futures test_zlib test_bz2 \
    test_sqlite3 test_decimal test_io; do
    python3 -m test "$name" >log 2>&1
    echo "$name $?"
done
