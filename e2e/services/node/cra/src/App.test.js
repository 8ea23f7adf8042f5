import { render, screen } from '@testing-library/react';
import App from './App';

test('tells when the ferry leaves', () => {
  render(<App />);
  expect(screen.getByText(/full hour/i)).toBeInTheDocument();
});
