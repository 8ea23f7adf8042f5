function App() {
  return <h1>The ferry leaves at every full hour</h1>;
}

export default App;
