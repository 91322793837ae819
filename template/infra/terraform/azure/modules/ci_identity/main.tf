# The pipeline holds no key: it shows the token its CI system signed, and only one repository and environment may.
variable "name" {
  description = "Name of the product and environment."
  type        = string
}

variable "resource_group" {
  description = "The resource group."
  type        = string
}

variable "location" {
  description = "Where it lives."
  type        = string
}

variable "issuer" {
  description = "Who signs the pipeline's tokens."
  type        = string
}

variable "subject" {
  description = "The token's exact subject."
  type        = string
}

variable "registry_id" {
  description = "The registry that it may push to."
  type        = string
}

variable "cluster_id" {
  description = "The AKS cluster that it deploys to."
  type        = string
}

variable "tags" {
  description = "Tags of every resource."
  type        = map(string)
}

resource "azurerm_user_assigned_identity" "ci" {
  name                = "${var.name}-ci"
  resource_group_name = var.resource_group
  location            = var.location
  tags                = var.tags
}

resource "azurerm_federated_identity_credential" "ci" {
  name                = "pipeline"
  resource_group_name = var.resource_group
  parent_id           = azurerm_user_assigned_identity.ci.id
  issuer              = var.issuer
  subject             = var.subject
  audience            = ["api://AzureADTokenExchange"]
}

resource "azurerm_role_assignment" "push" {
  scope                = var.registry_id
  role_definition_name = "AcrPush"
  principal_id         = azurerm_user_assigned_identity.ci.principal_id
}

# Finds the cluster; what it may do inside is infra/kubernetes/access.yaml's to say.
resource "azurerm_role_assignment" "cluster" {
  scope                = var.cluster_id
  role_definition_name = "Azure Kubernetes Service Cluster User Role"
  principal_id         = azurerm_user_assigned_identity.ci.principal_id
}

output "client_id" {
  description = "What the pipeline signs in as."
  value       = azurerm_user_assigned_identity.ci.client_id
}
