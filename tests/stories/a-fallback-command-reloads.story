# A reload repeats no word. A command that takes another's place has a first word, once it is known;
# the other one has a last word if fallbackcommandstop asks for it, as at the end.

config
| virtual=192.0.2.10:80
|     fallbackcommand=/bin/one
|     fallbackcommandstop=yes
|     real=10.0.0.1:80 masq
| virtual=192.0.2.11:80
|     fallbackcommand=/bin/one
|     real=10.0.0.2:80 masq
| virtual=192.0.2.12:80
|     fallbackcommand=/bin/one
|     fallbackcommandstop=yes
|     real=10.0.0.3:80 masq
  : Added virtual server: 192.0.2.10:80, the configuration
  : Added virtual server: 192.0.2.11:80, the configuration
  : Added virtual server: 192.0.2.12:80, the configuration
  -A -t 192.0.2.10:80 -s wrr
  -A -t 192.0.2.11:80 -s wrr
  -A -t 192.0.2.12:80 -s wrr
at 0s 10.0.0.1:80 down refused · 10.0.0.2:80 down refused · 10.0.0.3:80 down refused
  : Deleted real server: 10.0.0.1:80 (192.0.2.10:80), refused
  : Deleted real server: 10.0.0.2:80 (192.0.2.11:80), refused
  : Deleted real server: 10.0.0.3:80 (192.0.2.12:80), refused
  ! /bin/one start 192.0.2.10:80 tcp
  ! /bin/one start 192.0.2.11:80 tcp
  ! /bin/one start 192.0.2.12:80 tcp

# Another real server, of whom nothing is known.
at 10s reload
| virtual=192.0.2.10:80
|     fallbackcommand=/bin/one
|     fallbackcommandstop=yes
|     real=10.0.0.4:80 masq
| virtual=192.0.2.11:80
|     fallbackcommand=/bin/one
|     real=10.0.0.2:80 masq
| virtual=192.0.2.12:80
|     fallbackcommand=/bin/one
|     fallbackcommandstop=yes
|     real=10.0.0.3:80 masq
at 11s tick
at 12s 10.0.0.4:80 down refused
  : Deleted real server: 10.0.0.4:80 (192.0.2.10:80), refused

# Other commands, and a service less.
at 20s reload
| virtual=192.0.2.10:80
|     fallbackcommand=/bin/two
|     fallbackcommandstop=yes
|     real=10.0.0.4:80 masq
| virtual=192.0.2.11:80
|     fallbackcommand=/bin/two
|     fallbackcommandstop=yes
|     cleanstop=no
|     real=10.0.0.2:80 masq
  : Purged virtual server (start): 192.0.2.12:80, it is no longer configured
  -D -t 192.0.2.12:80
  ! /bin/one stop 192.0.2.10:80 tcp
  ! /bin/one stop 192.0.2.12:80 tcp
  ! /bin/two start 192.0.2.10:80 tcp
  ! /bin/two start 192.0.2.11:80 tcp
at 30s 10.0.0.4:80 up 200 OK
  : Added real server: 10.0.0.4:80 (192.0.2.10:80) (Weight set to 1), 200 OK
  -a -t 192.0.2.10:80 -r 10.0.0.4:80 -m -w 1
  ! /bin/two stop 192.0.2.10:80 tcp

# Only who was told start is told stop.
at 60s stop
  : Purged real server (stop): 10.0.0.4:80 (192.0.2.10:80), the director stops
  : Purged virtual server (stop): 192.0.2.10:80, the director stops
  -D -t 192.0.2.10:80
  ! /bin/two stop 192.0.2.11:80 tcp
