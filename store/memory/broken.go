package memory

import (
	"errors"
	"fmt"
	"reflect"
	"strings"
	"time"
	"unicode/utf8"
)

// errBroken is behind the errors that are not for the contract to name, after which a transaction can only be rolled back.
var errBroken = errors.New("memory")

// errText is the error for a text that a database could not store.
var errText = fmt.Errorf("%w: text is not valid UTF-8 without NUL", errBroken)

// errHalfDone is the error after a statement that has not returned: somebody has recovered from its panic.
var errHalfDone = fmt.Errorf("%w: a statement was left half done", errBroken)

// errExists is the error for something that is there already.
func errExists(what string, id any) error {
	return fmt.Errorf("%w: %s %v exists already", errBroken, what, id)
}

// errUnknown is the error for a reference to something that is not there.
func errUnknown(what string, id any) error {
	return fmt.Errorf("%w: there is no %s %v", errBroken, what, id)
}

// storable returns an error if a database could not store one of the texts in a record.
func storable(record any) error {
	if !texts(reflect.ValueOf(record)) {
		return errText
	}
	return nil
}

// texts reports whether all texts in v are in order.
func texts(v reflect.Value) bool {
	switch v.Kind() {
	case reflect.String:
		return utf8.ValidString(v.String()) && strings.IndexByte(v.String(), 0) < 0
	case reflect.Struct:
		if v.Type() == reflect.TypeFor[time.Time]() {
			return true
		}
		for i := range v.NumField() {
			if !texts(v.Field(i)) {
				return false
			}
		}
	case reflect.Slice:
		if v.Type().Elem().Kind() == reflect.Uint8 {
			return true
		}
		for i := range v.Len() {
			if !texts(v.Index(i)) {
				return false
			}
		}
	}
	return true
}
