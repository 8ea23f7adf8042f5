pub fn metres(centimetres: u32) -> String {
    format!("{}.{:02}", centimetres / 100, centimetres % 100)
}
