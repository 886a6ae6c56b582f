/**
 * The script that starts Swagger UI in `#swagger-ui` on the document at `url`.
 *
 * Left to itself it fills every optional field of a form with a made-up value and sends fields that are empty, which no
 * upload survives; here they begin empty, and what is empty is not sent.
 */
export const swaggerScript = (url: string): string => `
const emptyForms = () => ({
  wrapComponents: { ParameterIncludeEmpty: () => () => null },
  afterLoad() {
    const { getSampleSchema } = this.fn;
    this.fn.getSampleSchema = (schema, type, ...others) => {
      const sample = () => getSampleSchema(schema, type, ...others);
      const isField = type === false && schema?.has?.('default') === false && !schema.has('example');
      return isField && schema.get('type') !== 'array' ? '' : sample();
    };
  },
});
SwaggerUIBundle({ dom_id: '#swagger-ui', url: ${JSON.stringify(url)}, deepLinking: true, plugins: [emptyForms] });
`;
