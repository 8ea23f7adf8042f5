export const metadata = { title: 'library' };

export default function Layout({ children }) {
  return <html lang="en"><body>{children}</body></html>;
}
