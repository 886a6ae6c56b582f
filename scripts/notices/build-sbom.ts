import { findPackages, type Package } from './find-packages.ts';
import { type NativeLibrary, readNativeLibraries } from './native-libraries.ts';

/** A component of the bill of materials. */
export interface Component {
  type: 'library' | 'platform';
  name: string;
  version: string;
  purl: string;
  licenses: { license: { name: string } }[];
  /** The native libraries in a package. */
  components?: Component[];
}

/** Builds the software bill of materials (CycloneDX 1.6) of installed packages, with the native libraries in them. */
export async function buildSbom(store: string, title: string) {
  const packages = await findPackages(store);
  const components = await Promise.all(packages.map(toComponent));
  return {
    bomFormat: 'CycloneDX',
    specVersion: '1.6',
    version: 1,
    metadata: { component: { type: 'application', name: title } },
    components: [bun, ...components],
  };
}

/** The runtime, which is in the base image. */
const bun: Component = {
  type: 'platform',
  name: 'bun',
  version: Bun.version,
  purl: `pkg:github/oven-sh/bun@bun-v${Bun.version}`,
  licenses: [{ license: { name: 'MIT, with JavaScriptCore under LGPL-2.0-or-later' } }],
};

async function toComponent(installed: Package): Promise<Component> {
  const { name, version, license } = installed;
  const native = await readNativeLibraries(installed);
  const purl = `pkg:npm/${name.replace('@', '%40')}@${version}`;
  const component: Component = { type: 'library', name, version, purl, licenses: [{ license: { name: license } }] };
  return native.length > 0 ? { ...component, components: native.map(toNative) } : component;
}

const toNative = ({ name, version, license }: NativeLibrary): Component => ({
  type: 'library',
  name,
  version,
  purl: `pkg:generic/${name}@${version}`,
  licenses: [{ license: { name: license } }],
});
