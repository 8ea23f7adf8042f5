use proc_macro::TokenStream;

#[proc_macro_derive(Loud)]
pub fn loud(input: TokenStream) -> TokenStream {
    let name = input.to_string().replace(';', "").split_whitespace().last().unwrap_or("Marker").to_string();
    format!("impl {name} {{ pub fn loud() -> &'static str {{ \"HOORAY\" }} }}").parse().expect("it is Rust")
}
