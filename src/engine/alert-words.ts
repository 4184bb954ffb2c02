import { reason, type Reason } from '../core/reason.ts';
import type { SendingAlert } from './alert.ts';

/** What happened and what to do about it, in one line. */
export function alertWords({ kind, domain, response, times }: SendingAlert): Reason {
  const said = response.replace(/\s+/g, ' ').trim();
  const again = times > 1 ? ` (${times}×)` : '';
  switch (kind) {
    case 'unwanted':
      return reason(
        `${domain} refuses us as a sender${again}: ${said}. Nothing goes there for a while; see "etapa doctor --only dns".`,
        `${domain} nos rechaza como remitente${again}: ${said}. Por un tiempo no se le envía nada; mira "etapa doctor --only dns".`,
      );
    case 'shut_out':
      return reason(
        `Our own mail server does not let us in${again}: ${said}. Look at SMTP_URL, and run "etapa doctor --only smtp".`,
        `Nuestro servidor de correo no nos deja entrar${again}: ${said}. Revisa SMTP_URL y ejecuta "etapa doctor --only smtp".`,
      );
    case 'nonsense':
      return reason(
        `The mail server gives answers for ${domain} that no server should give${again}: ${said}. Ask whoever runs it.`,
        `El servidor de correo da para ${domain} respuestas que ningún servidor debería dar${again}: ${said}. Pregunta a quien lo lleva.`,
      );
    case 'complaints':
      return reason(
        `Readers complain too much: ${said}. Write to fewer people, to those who want it; see "etapa sending".`,
        `Los lectores se quejan demasiado: ${said}. Escribe a menos gente, a quien quiera recibirlo; mira "etapa sending".`,
      );
    case 'setup':
      return reason(`${said}.`, `${domain} no está preparado para mucho correo: ${said}.`);
    case 'dns_silent':
      return reason(
        `DNS does not say whether ${domain} is set up: ${said}. Everything goes on; look at this machine's DNS server.`,
        `El DNS no dice si ${domain} está preparado: ${said}. Todo sigue; mira el servidor DNS de esta máquina.`,
      );
    case 'stopped':
      return reason(
        `Readers complain far too much: ${said}. They go on after seven days below it, or by "etapa sending resume".`,
        `Los lectores se quejan muchísimo: ${said}. Se reanudan tras siete días por debajo, o con "etapa sending resume".`,
      );
  }
}
