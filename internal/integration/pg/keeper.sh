# Keeps one PostgreSQL cluster: sh -c "$(cat keeper.sh)" keeper PROGRAMS DIR SUPERUSER SETTINGS PRIMARY
#
# Prints "ready" when the server accepts connections. It follows the server whose socket is in the folder PRIMARY, unless
# that is empty. Each line on standard input is one of the orders below, and "ready" is printed again when it is carried
# out; the end of standard input, which comes however the writer died, ends it all.
set -eu
programs=$1 dir=$2 superuser=$3 settings=$4 primary=$5
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

if [ -n "$primary" ]; then
	"$programs/pg_basebackup" -D "$data" -R -X stream -c fast --no-sync -h "$primary" -U "$superuser" >"$log" 2>&1 || give_up
	chmod 700 "$data"
else
	# ICU's English order differs from byte order: a query that leaves its order to the database's collation shows.
	"$programs/initdb" -D "$data" -U "$superuser" -A trust --no-sync --no-instructions \
		--encoding=UTF8 --locale=C --locale-provider=icu --icu-locale=en >"$log" 2>&1 || give_up
fi
printf '%s' "$settings" >>"$data/postgresql.conf"
control start || give_up
echo ready

while read -r order; do
	case $order in
	crash) control restart -m immediate || give_up ;;
	restart) control restart -m fast || give_up ;;
	kill) control stop -m immediate || give_up ;;
	start) control start || give_up ;;
	promote) control promote || give_up ;;
	*) echo "what is $order?" && exit 1 ;;
	esac
	echo ready
done
