module example.com/works/lib

go 1.25
