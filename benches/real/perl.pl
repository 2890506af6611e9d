# Hashes of arrays, strings that grow, regular expressions, a sort.
use strict;
use warnings;

my ($seed, %index) = (7);
sub below { $seed = ($seed * 16807) % 2147483647; return $seed % $_[0]; }
for my $i (1 .. 300000) {
    push @{$index{"word" . below(8000)}}, "value $i";
}
my $text = "";
for my $key (sort keys %index) {
    $text .= "$key=" . join(",", @{$index{$key}}) . "\n";
}
my %count;
$count{$1}++ while $text =~ /value (\d\d)/g;
my @lines = sort { length $a <=> length $b } split /\n/, $text;
print scalar(@lines), " ", scalar(keys %count), " ", length $text, "\n";
