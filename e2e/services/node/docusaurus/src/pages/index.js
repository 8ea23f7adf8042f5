import Link from '@docusaurus/Link';
import useDocusaurusContext from '@docusaurus/useDocusaurusContext';
import Layout from '@theme/Layout';

export default function Home() {
  const {siteConfig} = useDocusaurusContext();
  return (
    <Layout title={siteConfig.title} description={siteConfig.tagline}>
      <main>
        <h1>{siteConfig.tagline}</h1>
        <Link to="/docs/intro">From the first swarm on</Link>
      </main>
    </Layout>
  );
}
