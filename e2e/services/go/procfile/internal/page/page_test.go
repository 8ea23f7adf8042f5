package page

import (
	"strings"
	"testing"
)

func TestWrite(t *testing.T) {
	var b strings.Builder
	if err := Write(&b, "../../templates/index.html", "<Shop>"); err != nil || !strings.Contains(b.String(), "&lt;Shop&gt;") {
		t.Errorf("%q, %v", b.String(), err)
	}
}
