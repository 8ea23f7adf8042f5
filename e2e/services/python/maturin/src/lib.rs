use pyo3::prelude::*;
use rayon::prelude::*;

/// The least of the depths, in metres.
#[pyfunction]
fn shallowest(depths: Vec<f64>) -> Option<f64> {
    depths.par_iter().copied().reduce_with(f64::min)
}

#[pymodule]
fn _depths(module: &Bound<'_, PyModule>) -> PyResult<()> {
    module.add_function(wrap_pyfunction!(shallowest, module)?)
}
