using Anneal.Worker;

return Verbs.Run(args);
