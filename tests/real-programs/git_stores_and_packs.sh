# git: a repository with some hundred commits, cloned, packed and checked.
# needs: git
# on it: git
export GIT_AUTHOR_NAME=a GIT_AUTHOR_EMAIL=a@example.org GIT_AUTHOR_DATE='1700000000 +0000'
export GIT_COMMITTER_NAME=a GIT_COMMITTER_EMAIL=a@example.org
export GIT_COMMITTER_DATE='1700000000 +0000' GIT_CONFIG_NOSYSTEM=1 HOME=$PWD
git init -q -b main one
cd one
commits=${LONG:+2000}
for n in $(seq "${commits:-200}"); do
    mkdir -p "d$((n % 7))"
    seq "$n" "$((n * 20))" >"d$((n % 7))/f$((n % 50))"
    git add . && git commit -q -m "commit $n"
done
git log --stat | sha256sum
git -c pack.threads=2 gc -q --aggressive
git fsck --full
git rev-list --objects --all | sort | sha256sum
cd ..
git clone -q --no-local one two
git -C two diff HEAD~100 HEAD | sha256sum
git -C two blame d1/f1 | sha256sum
git -C two grep -c 77 | sort
for pack in two/.git/objects/pack/*.pack; do git index-pack --threads=2 -o out.idx "$pack" | wc -c; done
# Which objects are stored as differences is up to the threads of gc.
git show-index <out.idx | cut -d' ' -f2 | sort | sha256sum
