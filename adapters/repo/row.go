package repo

// Row is a line of docs/languages.md: something that a language's people use,
// and what shows how far it works. One of Trees, Plans and Why is there.
type Row struct {
	About string   // what sort of thing it is; one of the constants
	Name  string   // as its people write it
	Does  string   // what is made of it, in one line without a full stop
	Trees []string // of the corpus, e2e/services/LANGUAGE/NAME, that are built and started with it
	Plans []string // of the adapter's folder, testdata/NAME.txtar, that are planned with it
	Why   string   // why it is built by no tree of the corpus, or not at all
}

// What rows are about, in the order of the page.
const (
	AboutManager   = "package manager"
	AboutVersion   = "version"
	AboutFramework = "framework"
	AboutShape     = "shape"
	AboutSystem    = "system"
)
