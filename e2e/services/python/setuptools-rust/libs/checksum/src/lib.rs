use pyo3::prelude::*;

/// Fletcher's sum of 16 bits.
#[pyfunction]
fn fletcher(text: &[u8]) -> u16 {
    let (low, high) = text.iter().fold((0u16, 0u16), |(low, high), byte| {
        let low = (low + u16::from(*byte)) % 255;
        (low, (high + low) % 255)
    });
    high << 8 | low
}

#[pymodule]
fn _native(module: &Bound<'_, PyModule>) -> PyResult<()> {
    module.add_function(wrap_pyfunction!(fletcher, module)?)
}
