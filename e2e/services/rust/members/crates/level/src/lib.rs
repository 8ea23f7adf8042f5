pub fn held() -> String {
    water::metres(240)
}
