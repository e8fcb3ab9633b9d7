# A certificate is about to expire: said once, and once a day as the days are counted down. A failure
# on the way neither ends nor repeats it; a new certificate ends it.

config
| virtual=192.0.2.10:443
|     failurecount=2
|     real=10.0.0.1:443 masq
  : Added virtual server: 192.0.2.10:443, the configuration
  -A -t 192.0.2.10:443 -s wrr
at 0s 10.0.0.1:443 up 200 OK
  : Added real server: 10.0.0.1:443 (192.0.2.10:443) (Weight set to 1), 200 OK
  -a -t 192.0.2.10:443 -r 10.0.0.1:443 -m -w 1
at 10s 10.0.0.1:443 up 200 OK ! the certificate expires on 2026-11-30T12:00:00Z, in 9 days
  : Warning about real server: 10.0.0.1:443 (192.0.2.10:443), the certificate expires on 2026-11-30T12:00:00Z, in 9 days
at 20s 10.0.0.1:443 up 200 OK ! the certificate expires on 2026-11-30T12:00:00Z, in 9 days
at 30s 10.0.0.1:443 down connection refused
  : Soft failure real server: 10.0.0.1:443 (tcp:192.0.2.10:443) failure 1/2, connection refused
at 40s 10.0.0.1:443 up 200 OK ! the certificate expires on 2026-11-30T12:00:00Z, in 9 days
  : Resetting soft failure count: 10.0.0.1:443 (tcp:192.0.2.10:443), 200 OK
at 86410s 10.0.0.1:443 up 200 OK ! the certificate expires on 2026-11-30T12:00:00Z, in 8 days
  : Warning about real server: 10.0.0.1:443 (192.0.2.10:443), the certificate expires on 2026-11-30T12:00:00Z, in 8 days

# A reload forgets nothing.
at 90000s reload
| virtual=192.0.2.10:443
|     failurecount=3
|     real=10.0.0.1:443 masq
at 90001s 10.0.0.1:443 up 200 OK ! the certificate expires on 2026-11-30T12:00:00Z, in 8 days
at 100000s 10.0.0.1:443 up 200 OK
  : No more warning about real server: 10.0.0.1:443 (192.0.2.10:443), 200 OK
at 100010s 10.0.0.1:443 up 200 OK

# A server may come with one.
at 200000s reload
| virtual=192.0.2.10:443
|     real=10.0.0.2:443 masq
at 200001s 10.0.0.2:443 up 200 OK ! the certificate expires on 2026-12-01T12:00:00Z, in 8 days
  : Added real server: 10.0.0.2:443 (192.0.2.10:443) (Weight set to 1), 200 OK
  : Purged real server (start): 10.0.0.1:443 (192.0.2.10:443), it is not configured
  : Warning about real server: 10.0.0.2:443 (192.0.2.10:443), the certificate expires on 2026-12-01T12:00:00Z, in 8 days
  -a -t 192.0.2.10:443 -r 10.0.0.2:443 -m -w 1
  -d -t 192.0.2.10:443 -r 10.0.0.1:443
