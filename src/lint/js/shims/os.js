// No machine: the same answers everywhere.
export const EOL = '\n';
export const platform = () => 'linux', release = () => '', tmpdir = () => '/tmp', homedir = () => '/';
export default { EOL, platform, release, tmpdir, homedir };
