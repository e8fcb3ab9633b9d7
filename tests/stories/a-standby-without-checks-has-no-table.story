# Who does not check cannot know what is right: its table goes, whatever the file says of that.

kernel
| -A -t 192.0.2.10:80 -s wlc
| -a -t 192.0.2.10:80 -r 10.0.0.1:80 -m -w 1
config as standby with its table
| primary = 192.0.2.1
| backup = 192.0.2.2
| backup_active = 1
| heartbeat = 1
| keepalive = 6
| deadtime = 18
| standby_checks = 0
| virtual web {
|     address = 192.0.2.10 eth0:1
|     active = 1
|     server one {
|         address = 10.0.0.1
|         active = 1
|     }
| }
  -D -t 192.0.2.10:80

# As soon as it checks it keeps one.
at 10s reload
| primary = 192.0.2.1
| backup = 192.0.2.2
| backup_active = 1
| heartbeat = 1
| keepalive = 6
| deadtime = 18
| virtual web {
|     address = 192.0.2.10 eth0:1
|     active = 1
|     server one {
|         address = 10.0.0.1
|         active = 1
|     }
| }
  : Standby: Added virtual server: 192.0.2.10:80, the configuration, 1 of 1 up
  : Standby: Added real server: 10.0.0.1:80 (192.0.2.10:80) (Weight set to 1), found serving in the kernel
  -A -t 192.0.2.10:80 -s wlc
  -a -t 192.0.2.10:80 -r 10.0.0.1:80 -m -w 1
at 11s 10.0.0.1:80 up 200 OK
at 20s active
at 30s standby
