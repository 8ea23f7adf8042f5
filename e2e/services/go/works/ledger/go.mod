module example.com/works/ledger

go 1.25
