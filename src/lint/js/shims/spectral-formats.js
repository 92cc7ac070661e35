// The formats of documents: as names in a ruleset, as questions about a document in functions.
const text = (value) => (value === undefined || value === null ? '' : String(value));
const format = (name, test) => __covenant.mark((document) => !!document && test(document), 'format', name);

export const oas2 = format('oas2', (d) => parseInt(text(d.swagger)) === 2);
export const oas3 = format('oas3', (d) => parseInt(text(d.openapi)) === 3);
export const oas3_0 = format('oas3_0', (d) => /^3\.0(\.[0-9]*)?$/.test(text(d.openapi)));
export const oas3_1 = format('oas3_1', (d) => /^3\.1(\.[0-9]*)?$/.test(text(d.openapi)));
export const oas3_2 = format('oas3_2', (d) => /^3\.2(\.[0-9]*)?$/.test(text(d.openapi)));

const aas = (name, pattern) => format(name, (d) => pattern.test(text(d.asyncapi)));
export const asyncapi2 = aas('asyncapi2', /^2\./);
export const asyncApi2 = asyncapi2;
export const aas2 = aas('aas2', /^2\./);
export const aas2_0 = aas('aas2_0', /^2\.0/);
export const aas2_1 = aas('aas2_1', /^2\.1/);
export const aas2_2 = aas('aas2_2', /^2\.2/);
export const aas2_3 = aas('aas2_3', /^2\.3/);
export const aas2_4 = aas('aas2_4', /^2\.4/);
export const aas2_5 = aas('aas2_5', /^2\.5/);
export const aas2_6 = aas('aas2_6', /^2\.6/);
export const aas3 = aas('aas3', /^3\./);
export const aas3_0 = aas('aas3_0', /^3\.0/);
export const aas3_1 = aas('aas3_1', /^3\.1/);
export const arazzo1_0 = format('arazzo1_0', (d) => /^1\.0/.test(text(d.arazzo)));

const schema = (name, part) => format(name, (d) => text(d.$schema).includes(part));
export const jsonSchema = schema('json-schema', 'json-schema.org');
export const jsonSchemaLoose = format('json-schema-loose', (d) => 'type' in d || 'properties' in d || '$schema' in d);
export const jsonSchemaDraft4 = schema('json-schema-draft4', 'draft-04');
export const jsonSchemaDraft6 = schema('json-schema-draft6', 'draft-06');
export const jsonSchemaDraft7 = schema('json-schema-draft7', 'draft-07');
export const jsonSchemaDraft2019_09 = schema('json-schema-2019-09', '2019-09');
export const jsonSchemaDraft2020_12 = schema('json-schema-2020-12', '2020-12');

export default {
  oas2, oas3, oas3_0, oas3_1, oas3_2, asyncapi2, asyncApi2, aas2, aas2_0, aas2_1, aas2_2, aas2_3, aas2_4, aas2_5, aas2_6,
  aas3, aas3_0, aas3_1, arazzo1_0, jsonSchema, jsonSchemaLoose, jsonSchemaDraft4, jsonSchemaDraft6, jsonSchemaDraft7,
  jsonSchemaDraft2019_09, jsonSchemaDraft2020_12,
};
