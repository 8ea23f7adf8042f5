fn main() {
    println!("{}", water::metres(240));
}
