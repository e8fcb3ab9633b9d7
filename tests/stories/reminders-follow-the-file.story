# emailalertfreq changes while a real is dead: the reminders follow the file. A real that is found
# quiesced after a restart is brought to mind too.

kernel
| -A -t 192.0.2.10:80 -s wrr
| -a -t 192.0.2.10:80 -r 10.0.0.1:80 -m -w 0
config
| quiescent=yes
| emailalert=admin@example.org
| emailalertfreq=3600
| virtual=192.0.2.10:80
|     real=10.0.0.1:80 masq
at 1s 10.0.0.1:80 down connection refused
at 3600s tick
  : Inaccessible real server: 10.0.0.1:80 (192.0.2.10:80), connection refused
at 4000s reload
| quiescent=yes
| emailalert=admin@example.org
| emailalertfreq=60
| virtual=192.0.2.10:80
|     real=10.0.0.1:80 masq
at 4060s tick
  : Inaccessible real server: 10.0.0.1:80 (192.0.2.10:80), connection refused
at 4070s reload
| quiescent=yes
| emailalert=admin@example.org
| virtual=192.0.2.10:80
|     real=10.0.0.1:80 masq
at 9999s tick
  nothing is due
