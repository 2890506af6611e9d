# Python's own regression tests: every single outcome, on the C library's interface alone.
# needs: python3
# on it: python3
for python in python3 /usr/bin/python3; do
    "$python" -c 'import test.test_json, test.libregrtest' 2>/dev/null && break
done || { echo "python3 comes without its tests"; exit 77; }

# These depend on the network, on what the machine has or on how busy it is, with the
# usual allocator, too.
never='_xxsubinterpreters|interpreters|asdl_parser|check_c_globals|clinic|curses|dtrace|gdb.*'
never="$never|idle|ioctl|nntplib|ossaudiodev|regrtest|smtpnet|socket|socketserver|ssl|startfile"
never="$never|tcl|tix|tk|ttk.*|turtle|urllib2net|urllibnet|win.*|xmlrpc_net|zipfile64|eintr|venv"
# These take more than a second each.
slow='__all__|argparse|asynchat|asyncio.*|asyncore|audit|buffer|c_locale_coercion|calendar|cmd_line.*'
slow="$slow|codecs|compile|compileall|concurrent_futures.*|coroutines|cprofile|crypt|dis|distutils"
slow="$slow|doctest|docxmlrpc|email|exceptions|faulthandler|fork1|ftplib|hash|httplib|httpservers"
slow="$slow|imaplib|imp|import|importlib.*|io|lib2to3|logging|mailbox|multiprocessing.*|nntplib|os"
slow="$slow|pathlib|pdb|peg_generator.*|poplib|posix|profile|py_compile|pyclbr|pydoc|runpy|select.*"
slow="$slow|shutil|signal|smtplib|source_encoding|statistics|subprocess|support|tarfile|tempfile"
slow="$slow|threadsignals|time|tokenize|tools.*|trace|traceback|unittest|unparse|urllib2_localnet"
slow="$slow|utf8_mode|wait3|wait4|warnings|zipfile|zipimport_support"
"$python" -m test --list-tests >all
grep -v -E "^(test\.)?test_($never)(\.|\$)" all >names
[ -n "$LONG" ] || { grep -v -E "^(test\.)?test_($slow)(\.|\$)" names >short; mv short names; }

# Without an allocator of Python's own between its objects and malloc.
export PYTHONMALLOC=malloc PYTHONDONTWRITEBYTECODE=1
"$python" -m test -j2 --junit-xml results.xml --fromfile names >log 2>&1
echo "exit code $?"
"$python" - <<'PY'
import xml.etree.ElementTree as tree
outcomes = []
for case in tree.parse("results.xml").getroot().iter("testcase"):
    outcome = {child.tag for child in case} & {"failure", "error", "skipped"}
    outcomes.append(f"{case.get('name')} {' '.join(outcome) or 'passed'}")
print(f"{len(outcomes)} tests", *sorted(outcomes), sep="\n")
PY
