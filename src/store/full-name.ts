/** Of a contact, in lower case: what somebody is looked for by. The index and the question spell it alike. */
export const FULL_NAME = `ltrim(lower(${[
  `coalesce(profile #>> '{fields,first_name,value}', profile #>> '{fields,name,value}', '')`,
  `coalesce(profile #>> '{fields,last_name,value}', '')`,
].join(` || ' ' || `)}))`;
