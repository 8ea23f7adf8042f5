# What git starts in place of ssh in a build step: [OPTIONS] [USER@]HOST COMMAND.
# The other end runs ssh, and says of what it refuses why.
use strict;
use warnings;
use IO::Socket::UNIX;

my $port = '';
while (@ARGV && $ARGV[0] =~ /^-/) {
	my $option = shift @ARGV;
	if ($option eq '-p') { $port = shift @ARGV }
	elsif ($option =~ /^-[oilFPcemSWbBDEIJLOQRw]$/) { shift @ARGV }
	elsif ($option eq '--') { last }
}
my ($to, @command) = @ARGV;
my $end = IO::Socket::UNIX->new(Peer => '/run/slipway/git.sock')
	or die "slipway: this step has no way to git repositories over ssh\n";
my $protocol = $ENV{GIT_PROTOCOL} // '';
my $asked = join("\0", $to // '', $port, $protocol, join(' ', @command));
$SIG{PIPE} = 'IGNORE';

# put writes all of it, or ends.
sub put {
	my ($handle, $data) = @_;
	for (my $at = 0; $at < length $data;) {
		my $n = syswrite($handle, $data, length($data) - $at, $at);
		return 0 unless defined $n;
		$at += $n;
	}
	return 1;
}

# take reads exactly so many bytes; nothing at the end.
sub take {
	my ($length) = @_;
	my $data = '';
	while (length $data < $length) {
		my $n = sysread($end, $data, $length - length $data, length $data);
		return undef unless $n;
	}
	return $data;
}

put($end, pack('N', length $asked) . $asked) or die "slipway: the build has ended\n";
my $child = fork() // die "slipway: no process for git's words: $!\n";
if (!$child) {
	while (sysread(STDIN, my $data, 65536)) {
		put($end, $data) or last;
	}
	shutdown($end, 1);
	exit 0;
}
# Each part that comes has a letter and a length: O is for git, E for people, X
# is the end with its exit code.
while (defined(my $head = take(5))) {
	my ($kind, $length) = unpack('aN', $head);
	my $data = $length ? take($length) : '';
	last unless defined $data;
	if ($kind eq 'O') { put(\*STDOUT, $data) or last }
	elsif ($kind eq 'E') { put(\*STDERR, $data) }
	else { kill 'TERM', $child; exit ord($data) }
}
kill 'TERM', $child;
die "slipway: the reading of a git repository was broken off\n";
