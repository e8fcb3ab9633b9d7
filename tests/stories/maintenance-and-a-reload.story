# Who is removed while in maintenance does not come back for the moment in between, not even if it
# is not checked. Who is new and has a file never serves. While the folder cannot be read, what was
# known holds; without a folder nobody is in maintenance.

kernel
| -A -t 192.0.2.10:80 -s wrr
| -a -t 192.0.2.10:80 -r 10.0.0.1:80 -m -w 1
| -a -t 192.0.2.10:80 -r 10.0.0.2:80 -m -w 1
config 10.0.0.1:80
| virtual=192.0.2.10:80
|     real=10.0.0.1:80 masq
|     real=10.0.0.2:80 masq
|     checktype=off
  : Maintenance of real server: 10.0.0.1:80 (192.0.2.10:80), maintenance: /m/10.0.0.1:80
  : Deleted real server: 10.0.0.1:80 (192.0.2.10:80), maintenance: /m/10.0.0.1:80
  -d -t 192.0.2.10:80 -r 10.0.0.1:80
at 10s reload, maintenance: 10.0.0.3:80
| virtual=192.0.2.10:80
|     real=10.0.0.2:80 masq
|     checktype=off
| virtual=192.0.2.11:80
|     real=10.0.0.3:80 masq
|     fallback=127.0.0.1:80 masq
|     quiescent=yes
  : Added virtual server: 192.0.2.11:80, the configuration
  : Maintenance of real server: 10.0.0.3:80 (192.0.2.11:80), maintenance: /m/10.0.0.3:80
  : Quiescent real server: 10.0.0.3:80 (192.0.2.11:80) (Weight set to 0), maintenance: /m/10.0.0.3:80
  : Added fallback server: 127.0.0.1:80 (192.0.2.11:80) (Weight set to 1), no real server is up
  -A -t 192.0.2.11:80 -s wrr
  -a -t 192.0.2.11:80 -r 10.0.0.3:80 -m -w 0
  -a -t 192.0.2.11:80 -r 127.0.0.1:80 -m -w 1
at 20s reload
| virtual=192.0.2.10:80
|     real=10.0.0.2:80 masq
|     checktype=off
| virtual=192.0.2.11:80
|     real=10.0.0.3:80 masq 2
|     quiescent=yes
  : Purged real server (start): 127.0.0.1:80 (192.0.2.11:80), it is not configured
  -d -t 192.0.2.11:80 -r 127.0.0.1:80
at 30s reload, maintenance:
| virtual=192.0.2.10:80
|     real=10.0.0.2:80 masq
|     checktype=off
| virtual=192.0.2.11:80
|     real=10.0.0.3:80 masq 2
|     quiescent=yes
  : No more maintenance of real server: 10.0.0.3:80 (192.0.2.11:80), maintenance is over, not checked yet
at 31s 10.0.0.3:80 up 200 OK
  : Restored real server: 10.0.0.3:80 (192.0.2.11:80) (Weight set to 2), 200 OK
  -e -t 192.0.2.11:80 -r 10.0.0.3:80 -m -w 2
