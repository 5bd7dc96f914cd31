package daemon

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"net/url"
	"strings"
)

// options are what the command line says. A nil string was not given.
type options struct {
	addr          string
	db            string
	adminEmail    string
	adminPassword *string
	inviteBase    *string
	reset         *string
	demo          bool
	root          []string
}

// parse reads the command line. Asked for help it prints it and returns [flag.ErrHelp].
func (p Program) parse(args []string, help io.Writer) (options, error) {
	var o options
	flags := flag.NewFlagSet("server", flag.ContinueOnError)
	flags.SetOutput(io.Discard)
	flags.StringVar(&o.addr, "addr", "127.0.0.1:8080", "listen on this `host:port`; port 0 picks a free one")
	flags.StringVar(&o.db, "db", p.DB, p.Help)
	flags.StringVar(&o.adminEmail, "admin-email", "root@example.com", "`e-mail` of the administrator whom the first start makes")
	flags.Func("admin-password", "his `password`; without one it is generated and printed", keep(&o.adminPassword))
	flags.Func("invite-base-url", "`URL` before the token in invite_url, {slug} in it is the tenant's (default http://<addr>/invite/)", keep(&o.inviteBase))
	flags.Func("reset-password", "give the user with this `e-mail` a new password, print it and end", keep(&o.reset))
	flags.BoolVar(&o.demo, "demo", false, "fill the store with tenants 2 to 5 and people in every role, and print their passwords")
	root := flags.String("root", "msp,company,locator", "mount these `APIs` at the root too, where their documents print the paths; msp and teams have the same")
	if err := flags.Parse(args); err != nil {
		if errors.Is(err, flag.ErrHelp) {
			flags.SetOutput(help)
			flags.Usage()
		}
		return options{}, err
	}
	if flags.NArg() > 0 {
		return options{}, fmt.Errorf("unexpected argument %q", flags.Arg(0))
	}
	if *root != "" {
		o.root = strings.Split(*root, ",")
	}
	return o, o.check()
}

func keep(value **string) func(string) error {
	return func(given string) error {
		*value = &given
		return nil
	}
}

// check refuses what no later step would: an empty value is a variable of a script that was not set.
func (o options) check() error {
	switch {
	case o.db == "":
		return errors.New("-db is empty")
	case o.adminPassword != nil && *o.adminPassword == "":
		return errors.New("-admin-password is empty")
	case o.reset != nil && *o.reset == "":
		return errors.New("-reset-password is empty")
	}
	if err := checkRoot(o.root); err != nil || o.inviteBase == nil {
		return err
	}
	base, err := url.Parse(strings.ReplaceAll(*o.inviteBase, "{slug}", "slug"))
	if err != nil || base.Scheme != "http" && base.Scheme != "https" || base.Host == "" {
		return fmt.Errorf("-invite-base-url %q is no http or https address", *o.inviteBase)
	}
	return nil
}

// rootPaths are where the documented APIs have their paths when they stand at the root.
var rootPaths = map[string]string{"msp": "/api/", "company": "/api/v2/", "locator": "/auth/", "teams": "/api/"}

// checkRoot refuses APIs that cannot stand at the root, or not together.
func checkRoot(names []string) error {
	taken := map[string]string{}
	for _, name := range names {
		path, ok := rootPaths[name]
		if !ok {
			return fmt.Errorf("-root %q is none of msp, company, locator, teams", name)
		}
		if other, ok := taken[path]; ok {
			return fmt.Errorf("-root: %s and %s have the same paths", other, name)
		}
		taken[path] = name
	}
	return nil
}
