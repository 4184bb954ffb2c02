import type { Role } from '../../../core/access/roles.ts';

/** From the one that may do least. */
export const ROLES: readonly Role[] = ['viewer', 'support', 'marketer', 'owner'];

/** What roles and states are called, and what each role may do. */
export const ROLE_WORDS = {
  en: {
    roles: { owner: 'Owner', marketer: 'Marketer', support: 'Support', viewer: 'Viewer' },
    may: {
      owner: 'Everything, also users, keys and the audit log.',
      marketer: 'Contacts and messages, deploying, notices, stopping promotions.',
      support: 'Contacts and their messages.',
      viewer: 'The map, workflows and the calendar; nothing of a person.',
    },
    states: { active: 'Active', invited: 'Invited', disabled: 'May not sign in' },
  },
  es: {
    roles: {
      owner: 'Propietario',
      marketer: 'Marketing',
      support: 'Atención al cliente',
      viewer: 'Solo lectura',
    },
    may: {
      owner: 'Todo, también usuarios, claves y registro de auditoría.',
      marketer: 'Contactos y mensajes, publicar, avisos, detener promociones.',
      support: 'Contactos y sus mensajes.',
      viewer: 'El mapa, los flujos y el calendario; nada de una persona.',
    },
    states: { active: 'Activo', invited: 'Invitado', disabled: 'No puede iniciar sesión' },
  },
};
