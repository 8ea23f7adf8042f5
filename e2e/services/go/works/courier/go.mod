module example.com/works/courier

go 1.25
