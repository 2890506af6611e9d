# A Perl program: hashes, regular expressions, sorting, closures and forks.
# needs: perl
# on it: perl
cat >program.pl <<'PL'
use strict; use warnings; use List::Util qw(sum); use Digest::SHA qw(sha256_hex);
srand(7);
my %count;
$count{join "", map { chr(97 + int rand 8) } 1 .. 1 + rand 12}++ for 1 .. 150000;
my @keys = sort { $count{$b} <=> $count{$a} || $a cmp $b } keys %count;
print "$_ $count{$_}\n" for @keys[0 .. 19];
my $text = join ",", @keys;
(my $changed = $text) =~ s/(a+)(b)/<$2$1>/g;
print sha256_hex($changed), " ", length $changed, "\n";
my @deep = map { my $n = $_; [map { { n => $n, m => $_ } } 1 .. 50] } 1 .. 2000;
print sum(map { $_->{n} * $_->{m} } map { @$_ } @deep), "\n";
my @subs = map { my $n = $_; sub { $n += shift } } 1 .. 10000;
print sum(map { $_->(3) } @subs), "\n";
$| = 1;
for my $n (1 .. 20) { my $child = fork; if (!$child) { my @x = (1) x 10000; exit scalar(@x) % 251 } waitpid $child, 0; print $? >> 8, "\n" }
PL
perl program.pl
