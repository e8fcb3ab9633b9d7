# Runs one Perl script many times: each run is a fork of this process, which has loaded the modules
# that the script uses and nothing of the script itself.
#
# In, on standard input: "run ID ARGUMENT...", arguments in hexadecimal, and "kill ID". Out, on
# standard output: "begun ID PID", then "ended ID STATUS OUT ERR", the start of both outputs in
# hexadecimal; or "lost ID". And "stale", when what was loaded is another on disk by now: from then on
# each run loads its own. At the end of its input it goes, and takes every run with it.

# ahead of all variables, so that the script's text meets none of them
sub LvsDirector::compile { eval "package main; sub {$_[0]\n}" }

package LvsDirector;
use strict;

my ($script, $kept) = @ARGV;
$0 = $script;
my $file = $script =~ m{^\.{0,2}/} ? $script : "./$script";
open my $asked, '<&', \*STDIN or die;
open my $told, '>&', \*STDOUT or die;
open STDIN, '<', '/dev/null';
open STDOUT, '>', '/dev/null';
open STDERR, '>', '/dev/null';
$SIG{PIPE} = 'IGNORE';

# what only perl itself can run as it should: text with another interpreter's name or with options,
# and who asks for its caller, for what stands behind its end or for the phases before its beginning
my $odd = qr{\A#!(?!.*perl)|\A#!.*perl\S*[ \t]+-(?!w\s)|\b(?:caller|DATA|INIT|CHECK|UNITCHECK)\b};
# what runs, by its ID; what was loaded, and how it looked then
my (%runs, %loaded);
my ($words, $learned, $stale) = ('', 0, 0);

for (;;) {
    my $ready = bits($asked, map { outputs($_) } values %runs);
    # who has closed its outputs ends in a moment; whose outputs are held open by something that it
    # left behind ends unheard
    my $ending = grep { !outputs($_) } values %runs;
    select $ready, undef, undef, $ending ? 0.001 : %runs ? 0.05 : undef;
    for my $run (values %runs) {
        hear($run, $ready);
    }
    if (vec $ready, fileno $asked, 1) {
        sysread $asked, $words, 65536, length $words or leave();
        while ($words =~ s/^(\w+) (\w+)(.*)\n//) {
            my ($verb, $id, @arguments) = ($1, $2, map { pack 'H*', $_ } split ' ', $3);
            begin($id, @arguments) if $verb eq 'run';
            kill KILL => -$runs{$id}{pid} if $verb eq 'kill' && $runs{$id};
        }
    }
    reap();
    leave() if $stale && !%runs;
}

sub begin {
    my ($id, @arguments) = @_;
    if (!$stale && grep { look($_) ne $loaded{$_} } keys %loaded) {
        $stale = 1;
        say('stale');
    }
    $learned++ or start('modules', 65536, sub { learn(@arguments) });
    my $run = start($id, $kept, sub { run(@arguments) });
    say($run ? "begun $id $run->{pid}" : "lost $id");
}

# Forks; the child does `$what`, with outputs and a process group of its own.
sub start {
    my ($id, $most, $what) = @_;
    pipe my $out, my $out_to or return;
    pipe my $err, my $err_to or return;
    defined(my $pid = fork) or return;
    if (!$pid) {
        setpgrp 0, 0;
        open STDOUT, '>&', $out_to;
        open STDERR, '>&', $err_to;
        close $_ for $asked, $told, $out, $out_to, $err, $err_to;
        %runs = ();
        $SIG{PIPE} = 'DEFAULT';
        $what->();
    }
    setpgrp $pid, $pid;
    return $runs{$id} = { pid => $pid, most => $most, out => $out, err => $err, said => {} };
}

# In the child: the script, as perl itself would run it.
sub run {
    @ARGV = @_;
    my $text = text();
    if ($stale || !defined $text || $text =~ $odd) {
        exec 'perl', '--', $script, @ARGV or exit 127;
    }
    $^W = 1 if $text =~ /\A#!.*-w/;
    $^T = time;
    srand;
    ($!, $@, $?) = (0, '', 0);
    do $file;
    die $@ if $@;
    exit 0;
}

# In a child of its own: which modules the script loads.
sub learn {
    @ARGV = @_;
    LvsDirector::compile(text() // '');
    my @modules = grep { defined $INC{$_} && !ref $INC{$_} } keys %INC;
    my $list = join '', (map { "folder $_\n" } grep { !ref } @INC), map { "module $_\n" } @modules;
    syswrite STDOUT, $list;
    kill KILL => $$;
}

sub load {
    my ($list) = @_;
    my @modules = $list =~ /^module (.*)$/mg;
    {
        local @INC = $list =~ /^folder (.*)$/mg;
        eval { require $_ } for @modules;
    }
    $loaded{$_} = look($_) for $script, grep { defined && !ref } values %INC;
}

sub look {
    return join ' ', (stat shift)[1, 7, 9];
}

# The script's text; nothing if it cannot be read, which perl itself is to say.
sub text {
    open my $from, '<', $script or return;
    local $/;
    return scalar <$from>;
}

sub outputs {
    my ($run) = @_;
    return grep { $_ } $run->{out}, $run->{err};
}

sub bits {
    my $bits = '';
    vec($bits, fileno $_, 1) = 1 for @_;
    return $bits;
}

# Reads what a run says, and keeps the start of it.
sub hear {
    my ($run, $ready) = @_;
    for my $which ('out', 'err') {
        my $from = $run->{$which};
        next unless $from && vec $ready, fileno $from, 1;
        if (!sysread $from, my $piece, 65536) {
            delete $run->{$which};
        } elsif ((my $room = $run->{most} - length($run->{said}{$which} // '')) > 0) {
            $run->{said}{$which} .= substr $piece, 0, $room;
        }
    }
}

sub reap {
    for my $id (keys %runs) {
        my $run = $runs{$id};
        next unless waitpid($run->{pid}, 1) == $run->{pid};
        my $status = $?;
        # its last words are in the pipes
        my $ready = bits(outputs($run));
        hear($run, $ready) if select $ready, undef, undef, 0;
        delete $runs{$id};
        if ($id eq 'modules') {
            load($run->{said}{out} // '');
        } else {
            say(join ' ', 'ended', $id, $status, map { unpack 'H*', $run->{said}{$_} // '' } 'out', 'err');
        }
    }
}

sub say {
    my $line = "$_[0]\n";
    while (length $line) {
        my $n = syswrite $told, $line or leave();
        substr $line, 0, $n, '';
    }
}

# Not by `exit`: what modules want done at the end is for those who ran.
sub leave {
    kill KILL => map { -$_->{pid} } values %runs;
    kill KILL => $$;
}
