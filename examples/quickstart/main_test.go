package main

func Example() {
	main()
	// Output: false revoked_by_override
}
