import { api, apiTest, type Mutant } from '../mutant.ts';

const foreignPages = apiTest('foreign-pages');
const hostilePage = 'e2e/hostile-page.e2e.test.ts';

/** Changes that remove a defence against pages that a user of the service opens. */
export const pageDefences: Mutant[] = [
  {
    name: 'T32: pages of every origin may read responses',
    file: `${api}/access/cors.ts`,
    from: "origins.includes('*') ? '*' : origins",
    to: "'*'",
    test: apiTest('headers'),
    title: 'pages of a configured origin may read responses, including problems; other pages may not',
  },
  {
    name: 'T32: pages may send cookies',
    file: `${api}/access/cors.ts`,
    from: '    maxAge: preflightMaxAgeSeconds,\n',
    to: '    maxAge: preflightMaxAgeSeconds,\n    credentials: true,\n',
    test: apiTest('headers'),
    title: 'pages of a configured origin may read responses, including problems; other pages may not',
  },
  {
    name: 'T32: a page of another origin can change something',
    file: `${api}/app.ts`,
    from: ', rejectForeignPages(deps)',
    to: '',
    test: foreignPages,
    title: 'rejects a page of another origin with 403, without reading the body',
  },
  {
    name: 'T32: a page of another origin can upload',
    file: `${api}/app.ts`,
    from: ', rejectForeignPages(deps)',
    to: '',
    test: hostilePage,
    title: 'cannot upload with',
  },
  {
    name: 'T32: a page of another site is not foreign if it hides its origin',
    file: `${api}/access/reject-foreign-pages.ts`,
    from: "  if (site !== null && site !== 'none') return true;\n",
    to: '',
    test: `${api}/access/reject-foreign-pages.test.ts`,
    title: 'is foreign',
    only: 'a request of a page of another site that sends no Origin',
  },
  {
    name: 'T32: a page of another port is not foreign',
    file: `${api}/access/reject-foreign-pages.ts`,
    from: "page.host !== '' && page.host ===",
    to: 'host.startsWith(page.hostname) || page?.host ===',
    test: `${api}/access/reject-foreign-pages.test.ts`,
    title: 'is foreign',
    only: 'a request of a page of another port',
  },
  {
    name: 'T32: every name is one of the API',
    file: `${api}/app.ts`,
    from: 'rejectUnknownHosts(deps), ',
    to: '',
    test: foreignPages,
    title: 'is rejected under an unknown host name, unless it is for probes',
    only: 'listJobs',
  },
  {
    name: 'T32: a name that is bound to the address of the API is one of its own',
    file: `${api}/app.ts`,
    from: 'rejectUnknownHosts(deps), ',
    to: '',
    test: hostilePage,
    title: 'cannot read, delete or create after its name was bound to the address of the API',
  },
  {
    name: 'T32: a name that starts like an address is an address',
    file: `${api}/access/reject-unknown-hosts.ts`,
    from: "isIP(name.replace(/^\\[(.*)\\]$/, '$1')) > 0",
    to: '/^[\\d.[]/.test(name) || isIP(name) > 0',
    test: `${api}/access/reject-unknown-hosts.test.ts`,
    title: 'is not',
    only: '127.0.0.1.evil.example',
  },
  {
    name: 'T16: a page of another origin can load an original',
    file: `${api}/access/security-headers.ts`,
    from: '    strictTransportSecurity: false,\n',
    to: '    strictTransportSecurity: false,\n    crossOriginResourcePolicy: false,\n',
    test: foreignPages,
    title: 'no page of another origin may embed what',
  },
];
