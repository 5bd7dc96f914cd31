//go:build peers

package main

// peers are other libraries, each behind an adapter of its own. Where one of them knows no users, tenants or overrides, its adapter keeps them in maps.
func peers() []entry {
	return append(casbins(), []entry{
		{name: "cedar-go", module: "github.com/cedar-policy/cedar-go", make: func() contestant { return &cedarC{} }},
		{name: "opa-rego", module: "github.com/open-policy-agent/opa", make: func() contestant { return &opaC{} }},
		{name: "gorbac-v2", module: "github.com/mikespook/gorbac/v2", make: func() contestant { return &gorbacC{} }},
		{name: "ladon", module: "github.com/ory/ladon", make: func() contestant { return &ladonC{} }},
		{name: "openfga-memory", module: "github.com/openfga/openfga", make: func() contestant { return &fgaC{} }, maxUsers: 10_000},
	}...)
}
