/**
 * The script that starts Swagger UI in `#swagger-ui` with the document at `url`.
 *
 * By default Swagger UI fills every optional form field with a sample value and sends empty fields, and the API rejects such
 * uploads. This script starts fields empty and does not send empty ones.
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
