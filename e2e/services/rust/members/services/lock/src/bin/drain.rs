fn main() {
    println!("dry");
}
