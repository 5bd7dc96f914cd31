# Keeps one PostgreSQL cluster: sh -c "$(cat keeper.sh)" keeper PROGRAMS DIR SUPERUSER SETTINGS
#
# Prints "ready" when the server accepts connections. A line on standard input crashes the server and starts it again
# ("ready" is printed again); the end of standard input, which comes however the writer died, ends it all.
set -eu
programs=$1 dir=$2 superuser=$3 settings=$4
data=$dir/data log=$dir/log

control() {
	"$programs/pg_ctl" "$@" -w -t 60 -s -D "$data" -l "$log" >>"$log" 2>&1
}

finish() {
	if [ -f "$data/postmaster.pid" ]; then control stop -m immediate || true; fi
	rm -rf "$dir"
}

give_up() {
	cat "$log"
	exit 1
}

trap finish EXIT
trap 'exit 1' HUP INT TERM
trap '' PIPE # a writer that died early must not kill this script before it has cleaned up

# ICU's English order differs from byte order: a query that leaves its order to the database's collation shows.
"$programs/initdb" -D "$data" -U "$superuser" -A trust --no-sync --no-instructions \
	--encoding=UTF8 --locale=C --locale-provider=icu --icu-locale=en >"$log" 2>&1 || give_up
printf '%s' "$settings" >>"$data/postgresql.conf"
control start || give_up
echo ready

while read -r _; do
	control restart -m immediate || give_up
	echo ready
done
